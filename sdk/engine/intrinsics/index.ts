import { makeArray } from "./Array.ts";
import { arrayContains } from "./ArrayContains.ts";
import { arrayGetItem } from "./ArrayGetItem.ts";
import { arrayLength } from "./ArrayLength.ts";
import { arrayPartition } from "./ArrayPartition.ts";
import { arrayRange } from "./ArrayRange.ts";
import { arrayUnique } from "./ArrayUnique.ts";
import type { Intrinsic } from "./arguments.ts";
import { base64Decode } from "./Base64Decode.ts";
import { base64Encode } from "./Base64Encode.ts";
import { format } from "./Format.ts";
import { hash } from "./Hash.ts";
import { jsonMerge } from "./JsonMerge.ts";
import { jsonToString } from "./JsonToString.ts";
import { mathAdd } from "./MathAdd.ts";
import { mathRandom } from "./MathRandom.ts";
import { stringSplit } from "./StringSplit.ts";
import { stringToJson } from "./StringToJson.ts";
import { uuid } from "./UUID.ts";

/** All intrinsic functions; a definition that names another one is refused. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = Object.assign(
  Object.create(null) as Record<string, Intrinsic>,
  {
    "States.Array": makeArray,
    "States.ArrayContains": arrayContains,
    "States.ArrayGetItem": arrayGetItem,
    "States.ArrayLength": arrayLength,
    "States.ArrayPartition": arrayPartition,
    "States.ArrayRange": arrayRange,
    "States.ArrayUnique": arrayUnique,
    "States.Base64Decode": base64Decode,
    "States.Base64Encode": base64Encode,
    "States.Format": format,
    "States.Hash": hash,
    "States.JsonMerge": jsonMerge,
    "States.JsonToString": jsonToString,
    "States.MathAdd": mathAdd,
    "States.MathRandom": mathRandom,
    "States.StringSplit": stringSplit,
    "States.StringToJson": stringToJson,
    "States.UUID": uuid,
  },
);
