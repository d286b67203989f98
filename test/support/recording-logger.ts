import type { Logger } from '../../app/runtime/logger.ts';

/** One line that was logged. */
export interface Line {
  readonly level: keyof Logger;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps its lines. */
export class RecordingLogger implements Logger {
  readonly lines: Line[] = [];

  readonly debug = this.#keep('debug');
  readonly info = this.#keep('info');
  readonly warn = this.#keep('warn');
  readonly error = this.#keep('error');

  /** The lines of one event. */
  of(event: string): readonly Line[] {
    return this.lines.filter((line) => line.event === event);
  }

  #keep(level: keyof Logger): (fields: object, event: string) => void {
    return (fields, event) => this.lines.push({ level, event, fields: { ...fields } });
  }
}
