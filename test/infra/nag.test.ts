import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from "cdk-nag";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Fixture, makeApp, makeFixture } from "./synth.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await makeFixture();
});
afterAll(() => fixture.remove());
afterEach(() => vi.restoreAllMocks());

const packs: [string, (app: App) => NagPack][] = [
  ["AwsSolutions", (app) => new AwsSolutionsChecks(app)],
  ["Serverless", (app) => new ServerlessChecks(app)],
];

interface Finding {
  rule: string;
  path: string;
}

function findings(pack: NagPack, app: App): Finding[] {
  return pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(
      ({ resourceName, constructPath }: { resourceName?: string; constructPath?: string }) => ({
        rule: ruleName,
        path: constructPath ?? resourceName ?? "",
      }),
    ),
  );
}

describe("cdk-nag", () => {
  it.each(packs)("%s finds nothing that is not acknowledged", (_name, pack) => {
    const { app } = makeApp(fixture);
    expect(findings(pack(app), app)).toEqual([]);
  });

  it("would find each thing that is acknowledged, so none is acknowledged in vain", () => {
    const acknowledged: Finding[] = [];
    vi.spyOn(Validations, "of").mockImplementation(
      (scope) =>
        ({
          acknowledge: (...rules: { id: string; reason: string }[]) => {
            for (const { id, reason } of rules) {
              expect(reason.length, id).toBeGreaterThan(30);
              acknowledged.push({ rule: id, path: scope.node.path });
            }
          },
          addPlugins: () => undefined,
        }) as unknown as Validations,
    );
    const { app } = makeApp(fixture);
    const found = packs.flatMap(([, pack]) => findings(pack(app), app));
    expect(found.length).toBeGreaterThan(20);
    const vain = acknowledged.filter(
      ({ rule, path }) => !found.some((finding) => finding.rule === rule && finding.path.startsWith(path)),
    );
    expect(vain).toEqual([]);
  });
});
