/** What plain expressions of a flow body may call: pure, and the same on every machine. */

export const GLOBAL_VALUES = new Set(["undefined", "NaN", "Infinity"]);

export const GLOBAL_FUNCTIONS = new Set([
  "Number",
  "String",
  "Boolean",
  "parseInt",
  "parseFloat",
  "isNaN",
  "isFinite",
  "encodeURIComponent",
  "decodeURIComponent",
  "encodeURI",
  "decodeURI",
  "structuredClone",
  "btoa",
  "atob",
  "runlet$own", // of what the compiler writes itself
]);

const words = (text: string): Set<string> => new Set(text.split(/\s+/));

export const NAMESPACES: Record<string, Set<string>> = {
  Math: words(
    "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc",
  ),
  JSON: words("parse stringify"),
  Object: words("assign keys values entries fromEntries hasOwn is"),
  Array: words("isArray of from"),
  Number: words("isFinite isInteger isNaN isSafeInteger parseFloat parseInt"),
  String: words("fromCharCode fromCodePoint"),
  Buffer: words("from byteLength concat"),
  Date: words("UTC parse now"),
};

/** Calls whose answer differs from moment to moment: each is made once, and its answer kept. */
export const MOMENTARY: Record<string, Set<string>> = {
  Date: words("now"),
  Math: words("random"),
  crypto: words("randomUUID"),
};

/** Classes whose objects an expression may make and use up; none of them leaves a region, since none is JSON. */
export const HELPFUL_CLASSES = words("Array Date Map RegExp Set TextDecoder TextEncoder URL URLSearchParams");

/** Functions of packages that compute from what they get, by the module that gives them. */
export const PURE_IMPORTS: Record<string, Set<string>> = {
  crypto: words("createHash createHmac"),
  "node:crypto": words("createHash createHmac"),
};

export const NAMESPACE_VALUES: Record<string, Set<string>> = {
  Math: words("E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2"),
  Number: words(
    "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY",
  ),
};

/** Methods of JSON values (arrays, strings, numbers, booleans) that leave their receiver as it is. */
export const PURE_METHODS = words(
  "at charAt charCodeAt codePointAt concat endsWith entries every filter find findIndex findLast findLastIndex flat flatMap forEach hasOwnProperty includes indexOf isWellFormed join keys lastIndexOf localeCompare map match matchAll normalize padEnd padStart reduce reduceRight repeat replace replaceAll search slice some split startsWith substr substring toExponential toFixed toLowerCase toPrecision toReversed toSorted toSpliced toString toUpperCase toWellFormed trim trimEnd trimStart values valueOf with",
);

/** The same of dates, maps, sets, patterns and addresses. What asks for the machine's time zone is not among them. */
export const HELPER_METHODS = words(
  "append decode difference digest encode exec format formatToParts get getAll getTime getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds has intersection isDisjointFrom isSubsetOf isSupersetOf select symmetricDifference test toISOString toJSON toUTCString union",
);

/** Methods that ask for the machine's time zone. */
export const ZONED_METHODS = words(
  "getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTimezoneOffset setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds toDateString toTimeString",
);

/** Methods that take a function as their first argument. */
export const CALLBACK_METHODS = words(
  "every filter find findIndex findLast findLastIndex flatMap forEach map reduce reduceRight some sort toSorted",
);

/** Methods that give an iterator, which is empty after it was read once. */
export const ITERATOR_METHODS = words("entries keys values matchAll");

export const MUTATING_METHODS = words(
  "add append clear copyWithin delete fill pop push reverse set setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds shift sort splice unshift update",
);

export const LOCALE_METHODS = words(
  "localeCompare toLocaleString toLocaleDateString toLocaleTimeString toLocaleLowerCase toLocaleUpperCase",
);

/** Global names that reach outside the flow, each with the diagnostic that says so. */
export const OUTSIDE: Record<string, "RLT1301" | "RLT1302" | "RLT1303" | "RLT1304" | "RLT1311"> = {
  performance: "RLT1301",
  Temporal: "RLT1301",
  crypto: "RLT1302",
  console: "RLT1303",
  Intl: "RLT1311",
  process: "RLT1304",
  fetch: "RLT1304",
  setTimeout: "RLT1304",
  setInterval: "RLT1304",
  setImmediate: "RLT1304",
  clearTimeout: "RLT1304",
  clearInterval: "RLT1304",
  queueMicrotask: "RLT1304",
  globalThis: "RLT1304",
  global: "RLT1304",
  require: "RLT1304",
  Buffer: "RLT1304",
  eval: "RLT1304",
  Function: "RLT1304",
  Reflect: "RLT1304",
  Proxy: "RLT1304",
  WebSocket: "RLT1304",
  XMLHttpRequest: "RLT1304",
  Worker: "RLT1304",
  navigator: "RLT1304",
  module: "RLT1304",
  exports: "RLT1304",
  __dirname: "RLT1304",
  __filename: "RLT1304",
  Atomics: "RLT1304",
  SharedArrayBuffer: "RLT1304",
  WebAssembly: "RLT1304",
};

/** What `Intl` makes of a language that stands in place; a date's format needs a time zone beside it. */
export const FORMATS = words(
  "Collator DateTimeFormat DisplayNames ListFormat NumberFormat PluralRules RelativeTimeFormat",
);

export const ERROR_CLASSES = words(
  "Error TypeError RangeError SyntaxError ReferenceError EvalError URIError",
);

/** Own keys with these names would meet `Object.prototype`; JSONata engines disagree about them. */
export const PROTOTYPE_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));
