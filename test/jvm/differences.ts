/** Expressions on which the two implementations differ, with what AWS recorded. The engine follows AWS. */
export const DIFFERENCES: readonly { text: string; aws: string }[] = [
  { text: '$formatNumber(1, "x")', aws: "error D3086 (floci-io/floci#2737)" },
  { text: "[1..900000] ~> $count()", aws: "error, memory limit exceeded (floci-io/floci#2737)" },
];
