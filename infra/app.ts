import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { RunletProject } from "./project.ts";

// The app of this repository: the build in RUNLET_BUILD (default: ./build) as one stack, checked by both rule packs.
const app = new App();
const stack = new Stack(app, process.env["RUNLET_STACK"] ?? "Runlet", {
  description: "Flows compiled by Runlet: Step Functions, Lambda, DynamoDB, S3",
});
new RunletProject(stack, "Project", {
  build: process.env["RUNLET_BUILD"] ?? "build",
  ...(process.env["RUNLET_CONTROL_PLANE"] !== undefined && {
    controlPlane: process.env["RUNLET_CONTROL_PLANE"],
  }),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();
