/**
 * Waits for a step of a stop, at most until the time is over; a step that is late goes on unheeded.
 *
 * @param deadline milliseconds since 1970
 * @throws what the step throws before the deadline
 */
export const untilDeadline = async (step: Promise<unknown>, deadline: number): Promise<void> => {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, Math.max(0, deadline - Date.now()));
  try {
    await Promise.race([step, timer.promise]);
  } finally {
    clearTimeout(handle);
  }
};
