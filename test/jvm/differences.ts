/** Expressions on which the two implementations differ, with what AWS recorded. The engine follows AWS. */
export const DIFFERENCES: readonly { text: string; aws: string }[] = [];
