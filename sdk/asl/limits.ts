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
/**
 * What one JSONata evaluation may take on AWS: nested evaluations and bytes of one value, as measured there
 * (floci-io/floci#2737); how long it may go on is not known, so evaluated nodes stand for it.
 */
export const JSONATA_DEPTH = 100;
export const JSONATA_BYTES = 6_990_256;
export const JSONATA_RANGE = 360_145;
export const JSONATA_STEPS = 2_000_000;
/** Of one machine. */
export const MACHINE_VERSIONS = 1_000;
export const MACHINE_ALIASES = 100;
export const MAX_WAIT_SECONDS = 99_999_999;
