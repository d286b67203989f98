type Known<T> = { [K in keyof T]?: T[K] | undefined };

/**
 * One layer of settings over another: what the upper one leaves undefined comes from the lower one.
 *
 * @example over({ cpu: 1, memoryMib: 512 }, { memoryMib: 1024, cpu: undefined }) // { cpu: 1, memoryMib: 1024 }
 */
export const over = <T extends object>(lower: T, upper: Known<T> | undefined): T => {
  const result = { ...lower } as Record<string, unknown>;
  for (const [name, value] of Object.entries(upper ?? {})) {
    if (Object.hasOwn(lower, name) && value !== undefined) result[name] = value;
  }
  return result as T;
};
