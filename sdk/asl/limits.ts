/** Limits of the service, each with its source in the Step Functions developer guide ("Service quotas"). */
export const PAYLOAD_BYTES = 262_144;
export const VARIABLE_BYTES = 262_144;
export const ALL_VARIABLES_BYTES = 10 * 1024 * 1024;
export const DEFINITION_BYTES = 1024 * 1024;
export const HISTORY_EVENTS = 25_000;
export const NAME_CHARACTERS = 80;
export const INLINE_MAP_CONCURRENCY = 40;
/** JSONata evaluation on AWS stops near 100 nested evaluations; what we emit stays under this. */
export const EXPRESSION_DEPTH = 80;
export const MAX_WAIT_SECONDS = 99_999_999;
