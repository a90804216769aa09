import { matrix } from "./matrix.ts";

matrix(["as a test", "in an arm", "in both arms, and after", "as items", "as items of a task's map"]);
