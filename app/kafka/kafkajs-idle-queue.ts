import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { scheduleCheckPendingRequests } = RequestQueue.prototype;

/**
 * kafkajs 2.2.4 arms a timer for its queue of waiting requests after every answer, also when nothing waits: then with a
 * negative time, so every millisecond for ever, and Node 24 warns of it. A request that has to wait arms it itself, so nothing
 * is missed. Source: kafkajs issues 1556, 1604 and 1751.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhereSomethingWaits() {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};
