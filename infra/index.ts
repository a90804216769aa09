/** `runlet/cdk`: a project's build as CDK constructs. Needs `aws-cdk-lib` and `constructs`. */
export { RunletProject, type RunletProjectProps } from "./project.ts";
