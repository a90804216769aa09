import { matrix } from "./matrix.ts";

matrix(["in a callback", "in a callback with statements", "of a callback's item", "in a nested map"]);
