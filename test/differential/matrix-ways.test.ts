import { matrix } from "./matrix.ts";

matrix([
  "in a try",
  "in a finally",
  "in a function",
  "in an async function",
  "in a loop that does not wait",
  "in a loop that waits",
  "assigned to a member",
]);
