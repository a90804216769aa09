import { matrix } from "./matrix.ts";

matrix(["returned", "as an argument", "named, used twice", "of a task's result", "thrown"]);
