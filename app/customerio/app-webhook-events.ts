const of = (objectType: string, metrics: string): readonly string[] =>
  metrics.split(' ').map((metric) => `${objectType}_${metric}`);

/**
 * Everything that a reporting webhook can be set to send. A list of its own: the names differ from those of the payloads, and
 * Customer.io refuses a name that it does not know. Source: contract, section 5.3.
 */
export const WEBHOOK_EVENTS: readonly string[] = [
  ...of('customer', 'subscribed unsubscribed subscription_preferences_changed'),
  ...of('email', 'drafted attempted sent delivered opened clicked converted bounced dropped deferred'),
  ...of('email', 'spammed failed unsubscribed undeliverable'),
  ...of(
    'push',
    'drafted attempted sent delivered opened clicked converted bounced dropped failed undeliverable',
  ),
  ...of('in_app', 'drafted attempted sent opened clicked converted failed undeliverable'),
  ...of(
    'sms',
    'drafted attempted sent delivered clicked converted bounced dropped failed undeliverable replied',
  ),
  ...of('whatsapp', 'drafted attempted sent delivered opened clicked converted bounced dropped failed'),
  ...of('whatsapp', 'undeliverable replied'),
  ...of('slack', 'drafted attempted sent clicked converted failed'),
  ...of('webhook', 'drafted attempted sent clicked converted failed undeliverable'),
];
