declare module 'kafkajs/src/consumer/consumerGroup.js' {
  import type { Assigner, Batch, TopicOffsets, TopicPartition } from 'kafkajs';

  /** The part of kafkajs 2.2.4's membership in a group that its public interface hides. */
  export default class ConsumerGroup {
    readonly assigners: readonly Assigner[];
    /** The positions of one generation: another object after every join. */
    readonly offsetManager: object | null;
    joinAndSync(): Promise<void>;
    fetch(nodeId: number): Promise<Batch[]>;
    commitOffsets(offsets: { topics: TopicOffsets[] }): Promise<void>;
    recoverFromOffsetOutOfRange(error: TopicPartition): Promise<void>;
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** The part of kafkajs 2.2.4's queue of requests to one broker that its public interface hides. */
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  /** The part of kafkajs 2.2.4's connection to one broker that its public interface hides. */
  export default class Connection {
    /** Of process.hrtime; null before the authentication and after the connection's end. */
    readonly authenticatedAt: [seconds: number, nanoseconds: number] | null;
    /** Milliseconds that the broker grants from an authentication on, a 64-bit integer; 0 is without end. */
    readonly sessionLifetime: { toString(): string };
    isAuthenticated(): boolean;
  }
}
