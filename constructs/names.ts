import type { CustomerIoIntegrationProps } from './props/integration-props.ts';

/**
 * The names of one integration's resources: what they are, with the prefix in front when there is one.
 *
 * @example new Names({ project: 'acme', prefix: 'shop', … }).of('ingest') // 'shop-customerio-ingest'
 */
export class Names {
  readonly #project: string;
  readonly #front: string;

  constructor({ project, prefix }: Pick<CustomerIoIntegrationProps, 'project' | 'prefix'>) {
    this.#project = project;
    this.#front = prefix === undefined ? '' : `${prefix}-`;
  }

  /** What tells two integrations apart in one project. */
  get key(): string {
    return `${this.#project}/${this.#front}customerio`;
  }

  /** The integration's own name. */
  get base(): string {
    return `${this.#front}customerio`;
  }

  of(what: string): string {
    return `${this.base}-${what}`;
  }

  /** The dataset's id, which takes no dashes. */
  get dataset(): string {
    return this.of('events').replaceAll('-', '_');
  }

  /** The part of a service account's address before `@`, of which at most 30 characters are allowed. */
  account(role: string): string {
    return `${this.#front}cio-${role}`;
  }

  /** A bucket's name, unique in the world because the project's id is. */
  bucket(what: string): string {
    return `${this.#project}-${this.of(what)}`;
  }
}
