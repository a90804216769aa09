import { App, Stack } from "aws-cdk-lib";
import { RunletProject } from "runlet/cdk";

const app = new App();
const stack = new Stack(app, "Pipelines");
new RunletProject(stack, "Runlet", { build: "build" });
