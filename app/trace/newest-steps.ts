import type { TraceStep } from './trace-step.ts';

/** Most steps of one store: a person may have any number. */
export const MOST_STEPS = 1_000;

/** Keeps the newest of the steps of a store, so that no trace grows without end. */
export class NewestSteps {
  #steps: TraceStep[] = [];
  #dropped = false;

  /** Whether every step that was added is kept. */
  get isWhole(): boolean {
    return !this.#dropped && this.#steps.length <= MOST_STEPS;
  }

  get steps(): readonly TraceStep[] {
    return this.#newest();
  }

  add(step: TraceStep): void {
    this.#steps.push(step);
    if (this.#steps.length <= 2 * MOST_STEPS) return;
    this.#steps = this.#newest();
    this.#dropped = true;
  }

  #newest(): TraceStep[] {
    return this.#steps.toSorted((a, b) => b.at - a.at).slice(0, MOST_STEPS);
  }
}
