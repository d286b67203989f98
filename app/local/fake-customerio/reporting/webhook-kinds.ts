const of = (objectType: string, metrics: string): readonly string[] =>
  metrics.split(' ').map((metric) => `${objectType}_${metric}`);

/** What a reporting webhook can be configured to send (contract, section 5.3). */
export const WEBHOOK_EVENTS: readonly string[] = [
  ...of('customer', 'subscribed unsubscribed subscription_preferences_changed'),
  ...of(
    'email',
    'drafted attempted sent delivered opened clicked converted bounced dropped deferred spammed failed unsubscribed undeliverable',
  ),
  ...of(
    'push',
    'drafted attempted sent delivered opened clicked converted bounced dropped failed undeliverable',
  ),
  ...of('in_app', 'drafted attempted sent opened clicked converted failed undeliverable'),
  ...of(
    'sms',
    'drafted attempted sent delivered clicked converted bounced dropped failed undeliverable replied',
  ),
  ...of(
    'whatsapp',
    'drafted attempted sent delivered opened clicked converted bounced dropped failed undeliverable replied',
  ),
  ...of('slack', 'drafted attempted sent clicked converted failed'),
  ...of('webhook', 'drafted attempted sent clicked converted failed undeliverable'),
];

/** The metric of a change of topics or channels, whatever its object_type (contract, section 7.2). */
export const PREFERENCES_CHANGED = 'cio_subscription_preferences_changed';

/**
 * The name in a webhook's configuration of what a payload calls object_type and metric. They differ for preferences only
 * (contract, section 5.3). Pairs that Customer.io does not offer get a name that no configuration has.
 *
 * @example configName('email', 'opened') // 'email_opened'
 */
export const configName = (objectType: string, metric: string): string =>
  metric === PREFERENCES_CHANGED ? 'customer_subscription_preferences_changed' : `${objectType}_${metric}`;

/** Metrics of which `full_resolution: false` sends the first of each delivery only (contract, section 7). */
export const FIRST_ONLY: readonly string[] = ['opened', 'clicked'];
