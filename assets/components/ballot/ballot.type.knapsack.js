// A basket: the costs of what is chosen may not pass the budget.

TYPES.knapsack = {
  ...COMMON,
  priced: true,
  obstacle: (S, code) => {
    const short = S.projects.get(code).cost - left(S);
    return COMMON.obstacle(S) ?? (short > 0 ? { money: short } : null);
  },
  spoken: (S, choice) => say(S.data.texts.left_spoken, { amount: amount(S.data.money, left(S, choice)) }),
  sum: (S) => {
    const { texts: t, money, budget } = S.data, side = many(t.taken, S.choice.length, { amount: amount(money, cost(S)) });
    return { over: t.left_title, big: amount(money, left(S)), side, of: say(t.of_budget, { budget: amount(money, budget) }) };
  },
  strip: (S) => {
    const { texts: t, money, budget } = S.data, parts = S.choice.map((code) => S.projects.get(code).cost / budget);
    return { bar: true, parts, label: many(t.strip, parts.length, { used: amount(money, cost(S)), budget: amount(money, budget) }) };
  },
};
