import { suite } from "./suite.ts";
import { THROWING } from "./throwing.ts";

suite(
  "what is thrown without JavaScript",
  // A list that holds undefined between two steps is refused when that happens.
  Object.fromEntries(THROWING.map((flow) => [flow, { flow, refuses: ["RLT3005"] }])),
  { inputs: 40 },
);
