import { BusError } from '../kafka/port.ts';
import { EXPECTED_AT_START } from './expected-at-start.ts';

/** {@link EXPECTED_AT_START}, and those of Kafka. */
export const EXPECTED = [...EXPECTED_AT_START, BusError] as const;
