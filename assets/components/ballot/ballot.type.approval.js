// Approval: as many as are liked, in no order, whatever they cost.

TYPES.approval = COMMON;
