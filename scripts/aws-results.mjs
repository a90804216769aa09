// Writes sdk/engine/test-state/aws-results.bin: what each action of each AWS service answers, as far as a mocked result
// is checked against it. Run it when AWS adds actions:
//   pip download --no-deps botocore==1.41.5 && unzip botocore-*.whl 'botocore/data/*'
//   node scripts/aws-results.mjs botocore/data
// The file: four bytes (length of the index), the index as JSON { service: [offset, length] }, a gzip member a service.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const folder = process.argv[2];
if (!folder) throw new Error("usage: node scripts/aws-results.mjs <botocore/data>");

const SIMPLE = {
  string: "s",
  timestamp: "s",
  blob: "s",
  character: "s",
  integer: "n",
  long: "n",
  float: "n",
  double: "n",
  boolean: "b",
};

/** Step Functions writes every field name with a capital first letter. */
const cased = (name) => name[0].toUpperCase() + name.slice(1);

function modelOf(service) {
  const versions = readdirSync(join(folder, service)).sort();
  const path = join(folder, service, versions.at(-1), "service-2.json");
  if (existsSync(`${path}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${path}.gz`)).toString("utf8"));
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** { actions: { PutEvents: "shape" }, shapes: { shape: { m: members, r: required } | { l } | { v } | { t, e, min, max } } } */
function resultsOf(model) {
  const shapes = {};
  const visit = (name) => {
    if (name in shapes) return name;
    const { type, ...shape } = model.shapes[name];
    const made = {};
    shapes[name] = made;
    if (type === "structure") {
      if (shape.document) return name;
      made.m = Object.fromEntries(
        Object.entries(shape.members ?? {}).map(([key, member]) => [cased(key), visit(member.shape)]),
      );
      if (shape.required?.length) made.r = shape.required.map(cased);
    } else if (type === "list") made.l = visit(shape.member.shape);
    else if (type === "map") made.v = visit(shape.value.shape);
    else {
      made.t = SIMPLE[type];
      if (shape.enum) made.e = shape.enum;
      if (shape.min !== undefined) made.min = shape.min;
      if (shape.max !== undefined) made.max = shape.max;
    }
    return name;
  };
  const actions = {};
  for (const [name, { output }] of Object.entries(model.operations)) {
    actions[name] = output ? visit(output.shape) : null;
  }
  return { actions, shapes };
}

const index = {};
const members = [];
let offset = 0;
for (const service of readdirSync(folder).sort()) {
  if (!statSync(join(folder, service)).isDirectory()) continue;
  const model = modelOf(service);
  if (!model) continue;
  const member = gzipSync(JSON.stringify(resultsOf(model)), { level: 9 });
  index[model.metadata.serviceId.toLowerCase().replaceAll(/[ /-]/g, "")] = [offset, member.length];
  members.push(member);
  offset += member.length;
}
const header = Buffer.from(JSON.stringify(index));
const length = Buffer.alloc(4);
length.writeUInt32BE(header.length);
writeFileSync("sdk/engine/test-state/aws-results.bin", Buffer.concat([length, header, ...members]));
process.stdout.write(`${members.length} services, ${offset} bytes\n`);
