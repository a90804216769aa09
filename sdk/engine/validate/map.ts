import { isExpression } from "../../asl/expression.ts";
import type { QueryLanguage } from "../query-language.ts";
import { GET_OBJECT, LIST_OBJECTS, PUT_OBJECT } from "../resources.ts";
import { template } from "./expressions.ts";
import { numberPath, payload } from "./paths.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { MOST } from "./state-fields.ts";
import { checkFields, oneOf, text, whole, wholeTemplate } from "./values.ts";

/** Checks of what only a Map has. */

const MOST_BYTES = 262_144;
const MOST_ITEMS = 100_000_000;

const label: Check = (value, location, problems) => {
  if (
    typeof value !== "string" ||
    value.length === 0 ||
    value.length > 40 ||
    /[\s*?<>{}[\]:;,\\|^~$#%&`"]|\p{Cc}/u.test(value)
  ) {
    const isLong = typeof value === "string" && value.length > 40;
    const problem = isLong
      ? "exceeds the 40-character limit allowed by the service"
      : "is empty or has characters that a Label cannot have";
    problems.invalid(location, `Invalid Label name: '${String(value)}' ${problem}`, "INVALID_LABEL_NAME");
  }
};

const object =
  (fields: Record<string, Check>, required: readonly string[], language: QueryLanguage): Check =>
  (value, location, problems) => {
    if (!isObject(value)) {
      problems.invalid(location, "The field must be an object.");
      return;
    }
    checkFields(value, fields, location, problems, language);
    const missing = required.filter((name) => !(name in value));
    if (missing.length > 0) problems.invalid(location, `These fields are required: [${missing.join(", ")}]`);
  };

const texts: Check = (value, location, problems) => {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    problems.invalid(location, "The field must be an array of strings.");
  }
};

const READER = {
  InputType: oneOf("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"),
  ManifestType: oneOf("S3_INVENTORY", "ATHENA_DATA"),
  Transformation: oneOf("NONE", "LOAD_AND_FLATTEN"),
  CSVDelimiter: oneOf("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
  CSVHeaderLocation: oneOf("FIRST_ROW", "GIVEN"),
  CSVHeaders: texts,
  ItemsPointer: text,
};

const WRITER = object(
  { Transformation: oneOf("NONE", "COMPACT", "FLATTEN"), OutputType: oneOf("JSON", "JSONL") },
  [],
  "JSONata",
);

/** The store's actions that a Map may use in a place. */
const action =
  (...known: string[]): Check =>
  (value, location, problems) => {
    if (typeof value !== "string" || !known.includes(value))
      problems.invalid(location, "The field 'Resource' does not match any of the allowed values");
  };

const percentage =
  (isPath: boolean): Check =>
  (value, location, problems) => {
    if (!isPath && isExpression(value)) template(value, location, problems);
    else if (typeof value !== "number") problems.invalid(location, "Expected value of type [Number]");
    else if (value < 0) problems.invalid(location, "Minimum value is 0.0");
    else if (value > 100) problems.invalid(location, "Maximum value is 100.0");
  };

function fields(language: QueryLanguage): Record<string, Check> {
  const isPath = language === "JSONPath";
  const args: Record<string, Check> = isPath ? { Parameters: payload } : { Arguments: template };
  const number = (least: number, most: number): Check =>
    isPath ? whole(least, most) : wholeTemplate(least, most);
  const paths = (...names: string[]): Record<string, Check> =>
    isPath ? Object.fromEntries(names.map((name) => [name, numberPath])) : {};
  const config = { ...READER, MaxItems: number(-MOST_ITEMS, MOST_ITEMS), ...paths("MaxItemsPath") };
  return {
    Label: label,
    ToleratedFailureCount: number(0, MOST),
    ToleratedFailurePercentage: percentage(isPath),
    ...paths("ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
    ItemReader: object(
      { Resource: action(GET_OBJECT, LIST_OBJECTS), ...args, ReaderConfig: object(config, [], language) },
      ["Resource"],
      language,
    ),
    ItemBatcher: object(
      {
        MaxItemsPerBatch: number(1, MOST_ITEMS),
        MaxInputBytesPerBatch: number(1, MOST_BYTES),
        ...paths("MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"),
        BatchInput: isPath ? payload : template,
      },
      [],
      language,
    ),
    ResultWriter: object({ Resource: action(PUT_OBJECT), ...args, WriterConfig: WRITER }, [], language),
  };
}

/** Fields of a distributed Map, by language. */
export const DISTRIBUTED_FIELDS: Record<QueryLanguage, Record<string, Check>> = {
  JSONata: fields("JSONata"),
  JSONPath: fields("JSONPath"),
};

const BATCH_LIMITS = [
  "MaxItemsPerBatch",
  "MaxItemsPerBatchPath",
  "MaxInputBytesPerBatch",
  "MaxInputBytesPerBatchPath",
];

/** What must, or must not, stand together in a Map. */
export function checkMap(state: Record<string, unknown>, location: string, problems: Problems): void {
  if (!("ItemProcessor" in state || "Iterator" in state)) {
    problems.invalid(
      location,
      "This object should have only one of the following fields: [ItemProcessor, Iterator]",
    );
  }
  if ("ItemSelector" in state && "Parameters" in state) {
    problems.invalid(
      location,
      "There should only be one of the following fields: [ItemSelector, Parameters]",
    );
  }
  if (!isDistributed(state) && "Label" in state)
    problems.unsupported(`${location}/Label`, "The engine takes Label in distributed mode only.");
  const { ItemBatcher: batcher, ItemReader: reader } = state;
  if (isObject(batcher) && !BATCH_LIMITS.some((name) => name in batcher)) {
    problems.invalid(
      `${location}/ItemBatcher`,
      `One of these fields is required: [${BATCH_LIMITS.join(", ")}]`,
    );
  }
  checkWriter(state["ResultWriter"], `${location}/ResultWriter`, problems);
  const config = isObject(reader) ? reader["ReaderConfig"] : undefined;
  if (isObject(config)) checkReaderConfig(config, `${location}/ItemReader/ReaderConfig`, problems);
}

function checkWriter(writer: unknown, location: string, problems: Problems): void {
  if (!isObject(writer) || "Resource" in writer) return;
  const config = writer["WriterConfig"];
  if (!isObject(config))
    problems.invalid(location, "One of these fields is required: [Resource, WriterConfig]");
  else if (config["OutputType"] === "JSONL") {
    problems.unsupported(`${location}/WriterConfig/OutputType`, "The engine writes JSONL to files only.");
  }
}

function checkReaderConfig(config: Record<string, unknown>, location: string, problems: Problems): void {
  if (config["InputType"] === "CSV" && !("CSVHeaderLocation" in config)) {
    problems.invalid(location, "The field 'CSVHeaderLocation' is required");
  }
  if (
    config["ManifestType"] === "ATHENA_DATA" &&
    !["CSV", "JSONL", "PARQUET"].includes(String(config["InputType"]))
  ) {
    problems.invalid(location, "An Athena manifest names files of the InputType CSV, JSONL or PARQUET.");
  }
  if (config["InputType"] === "JSON" && "CSVHeaderLocation" in config) {
    problems.invalid(location, "Field 'CSVHeaderLocation' is not supported");
  }
  if (config["CSVHeaderLocation"] === "GIVEN" && !("CSVHeaders" in config)) {
    problems.invalid(location, "These fields are required: [CSVHeaders]");
  }
}

/** Whether the state is a Map whose iterations are executions of their own. */
export function isDistributed(state: Record<string, unknown>): boolean {
  const processor = state["ItemProcessor"] ?? state["Iterator"];
  const config = isObject(processor) ? processor["ProcessorConfig"] : undefined;
  return isObject(config) && config["Mode"] === "DISTRIBUTED";
}
