/** Where a query is posted to. */
export const QUERY_PATH = '/warehouse/query';
