/** What the gate is told of them. */
export const kernelLimits = {
  startFuel: 0,
  callDepth: 8_000,
  memoryPages: 512,
  moduleBytes: 2_097_152,
};
export const kernelSignatures = {
  abi: "native-1",
  imports: [],
  exports: [],
  allowsStart: false,
} as const;
