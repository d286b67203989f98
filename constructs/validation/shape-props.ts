import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import { type Faults, isToken, KNOWN_AT_SYNTH } from './faults.ts';
import { type Kind, KNOWN_PROPS, type Known } from './known-props.ts';
import { nearName } from './near-name.ts';
import { object } from './rules.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Collects what has not the shape of the props, and keeps the rest. */
class Shaper {
  readonly misshapen: string[] = [];
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  of(prop: string, value: unknown, kind: Kind): unknown {
    if (kind === true || value === undefined) return value;
    const broken = isToken(value) ? KNOWN_AT_SYNTH : object(value);
    if (broken !== undefined) {
      this.misshapen.push(prop);
      this.#faults.add(prop || 'props', broken, value);
      return undefined;
    }
    return 'props' in kind
      ? this.#props(prop, value as Plain, kind)
      : this.#entries(prop, value as Plain, kind);
  }

  #props(prop: string, value: Plain, known: Known): Plain {
    const { props } = known;
    const at = prop === '' ? '' : `${prop}.`;
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(props, name)) this.#refuse(`${at}${name}`, name, value[name], known);
    }
    const kept = Object.entries(props).map(([name, kind]) => [
      name,
      this.of(`${at}${name}`, value[name], kind),
    ]);
    return Object.fromEntries(kept.filter(([, part]) => part !== undefined));
  }

  #entries(prop: string, value: Plain, { entries }: { readonly entries: true | Known }): Plain {
    const kept = Object.entries(value).map(([name, part]) => [
      name,
      this.of(`${prop}.${name}`, part, entries),
    ]);
    return Object.fromEntries(kept.filter(([, part]) => part !== undefined));
  }

  #refuse(prop: string, name: string, value: unknown, { props, refused = {} }: Known): void {
    const names = Object.keys(props);
    const near = nearName(name, names);
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
    // What it holds may be meant to be kept secret.
    this.#faults.addHidden(prop, reason ?? `is no prop; ${hint}`, value);
  }
}

/** The props without what has not their shape, and where that stood: '' is the whole. */
export interface Shaped {
  readonly props: CustomerIoIntegrationProps;
  readonly misshapen: readonly string[];
}

/** Props as they came from anywhere, in the shape that rules and settings rely on: objects where objects belong, of known names. */
export const shapeProps = (props: unknown, faults: Faults): Shaped => {
  const shaper = new Shaper(faults);
  const shaped = shaper.of('', props ?? null, KNOWN_PROPS) ?? {};
  return { props: shaped as CustomerIoIntegrationProps, misshapen: shaper.misshapen };
};
