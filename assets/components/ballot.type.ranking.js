// Ranking: what is chosen stands in an order, first the most wanted.

TYPES.ranking = { ...COMMON, ordered: true, strip: () => null };
