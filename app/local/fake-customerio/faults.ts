import { isObject, type Json } from './operation-fault.ts';

/** A scripted fault: what it meets, how often, and what happens then. */
export interface ScriptedFault {
  readonly match?: {
    /** Part of the request's path. */
    readonly path?: string;
    readonly method?: string;
    /** An id that one of the request's operations names. */
    readonly person?: string;
  };
  /** How many requests it meets before it is used up. */
  readonly times?: number;
  /** The share of requests it meets, from 0 to 1. */
  readonly rate?: number;
  readonly status?: number;
  readonly body?: 'json' | 'html' | 'empty';
  readonly delayMs?: number;
  /** The connection breaks: before anything was applied, or after. */
  readonly reset?: 'before' | 'after';
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  /** Items of a batch to refuse with 207; `matching` those that name the person. */
  readonly rejectIndexes?: readonly number[] | 'matching';
}

/** What a request is, as far as faults are concerned. */
export interface FaultTarget {
  readonly path: string;
  readonly method: string;
  readonly people: readonly string[];
}

const MATCHED: readonly string[] = ['path', 'method', 'person'];

const RULES: Readonly<Record<keyof ScriptedFault, (value: unknown) => boolean>> = {
  match: (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, part]) => MATCHED.includes(name) && typeof part === 'string'),
  times: (value) => Number.isInteger(value) && Number(value) > 0,
  rate: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  status: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  body: (value) => value === 'json' || value === 'html' || value === 'empty',
  delayMs: (value) => typeof value === 'number' && value >= 0 && value <= 600_000,
  reset: (value) => value === 'before' || value === 'after',
  retryAfter: (value) => typeof value === 'string' || (typeof value === 'number' && value >= 0),
  rejectIndexes: (value) => value === 'matching' || (Array.isArray(value) && value.every(Number.isInteger)),
};

const faultOf = (entry: unknown, index: number): string[] => {
  if (!isObject(entry)) return [`fault ${index} must be an object`];
  const wrong = Object.entries(entry).flatMap(([name, value]) => {
    if (!Object.hasOwn(RULES, name)) return [`fault ${index}: ${name} is not known`];
    return RULES[name as keyof ScriptedFault](value) ? [] : [`fault ${index}: ${name} is not valid`];
  });
  const { match, rejectIndexes } = entry;
  const isAimless = rejectIndexes === 'matching' && !(isObject(match) && typeof match['person'] === 'string');
  return isAimless ? [...wrong, `fault ${index}: matching needs a match.person`] : wrong;
};

/** The list of scripted faults; the first that meets a request takes effect. */
export class Faults {
  #list: { readonly fault: ScriptedFault; left: number }[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  get list(): readonly Json[] {
    return this.#list.map(({ fault, left }) => ({ ...fault, ...(Number.isFinite(left) && { times: left }) }));
  }

  /** Adds faults; returns what is wrong with the list, and adds nothing then. */
  add(list: unknown): readonly string[] {
    if (!Array.isArray(list)) return ['must be a list of faults'];
    const wrong = list.flatMap(faultOf);
    if (wrong.length > 0) return wrong;
    const faults = list as ScriptedFault[];
    this.#list.push(...faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })));
    return [];
  }

  clear(): void {
    this.#list = [];
  }

  /** The fault that meets a request, if one does; it is then used once. */
  take(target: FaultTarget): ScriptedFault | undefined {
    const entry = this.#list.find(({ fault, left }) => left > 0 && this.#meets(fault, target));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    this.#list = this.#list.filter(({ left }) => left > 0);
    return entry.fault;
  }

  #meets({ match = {}, rate = 1 }: ScriptedFault, { path, method, people }: FaultTarget): boolean {
    if (match.path !== undefined && !path.includes(match.path)) return false;
    if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
    if (match.person !== undefined && !people.includes(match.person)) return false;
    return rate === 1 || this.#random() < rate;
  }
}
