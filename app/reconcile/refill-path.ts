/** Where refilled rows are posted to a running `npm start`. */
export const REFILL_PATH = '/warehouse/refill';
