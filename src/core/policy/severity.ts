/** Ordered from harmless to worst. */
export const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = typeof severities[number];
