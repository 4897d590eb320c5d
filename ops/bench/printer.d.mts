export const median: (values: readonly number[]) => number;
/** `min / median / max` */
export const spread: (values: readonly number[], digits?: number) => string;
