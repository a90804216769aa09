import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { RunletProject, type RunletProjectProps } from "../../infra/index.ts";
import { makeFixtureBuild } from "./fixture-build.mjs";

type Properties = Record<string, unknown>;
export interface Resource {
  Type: string;
  Properties: Properties;
  DeletionPolicy?: string;
}
export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export type Fixture = Awaited<ReturnType<typeof makeFixtureBuild>>;
export const makeFixture = makeFixtureBuild;

/** A second copy of a build, in a folder with another name. */
export function copyOf(folder: string): { folder: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), "runlet-copy-"));
  cpSync(folder, join(parent, "elsewhere"), { recursive: true });
  return {
    folder: join(parent, "elsewhere"),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

export function makeApp(
  fixture: Fixture,
  props: Partial<RunletProjectProps> = {},
): { app: App; stack: Stack } {
  const outdir = mkdtempSync(join(tmpdir(), "runlet-synth-"));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, "Orders");
  new RunletProject(stack, "Project", { build: fixture.build, controlPlane: fixture.controlPlane, ...props });
  return { app, stack };
}

/** The template of the fixture's stack. */
export function synthesize(fixture: Fixture, props: Partial<RunletProjectProps> = {}): Template {
  const { app, stack } = makeApp(fixture, props);
  const template = app.synth().getStackArtifact(stack.artifactId).template as Template;
  rmSync(app.outdir, { recursive: true, force: true });
  return template;
}

export function ofType(template: Template, type: string): Properties[] {
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === type)
    .map((resource) => resource.Properties);
}
