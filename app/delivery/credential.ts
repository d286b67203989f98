/** The credential of the API that a worker sends to. Its values stay with who sends. */
export interface Credential {
  /** Whether there is one: without, nothing is sent. */
  readonly isSet: boolean;
  /** Takes note that the API refused it: a newer one is looked for. */
  refused(): void;
  /** Calls back after each change. Returns how to stop that. */
  onChange(listener: () => void): () => void;
}
