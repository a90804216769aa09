import { approval, flow, task, waitForInput } from "runlet";
import * as z from "zod";

const Release = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "a version such as 1.4.0"),
  percent: z.number().int().min(1).max(100).default(100),
});

export const build = task(async (version: string) => ({ version, image: `registry/app:${version}` }));
export const deploy = task(async (image: string, percent: number) => ({ image, percent, live: true }));
export const announce = task(async (text: string) => text);
/** Takes back what a cancelled release has deployed. */
export const rollBack = task(async (done: { image?: { image: string }; live?: { image: string } }) =>
  done.live ? `took back ${done.live.image}` : "nothing was live",
);

/**
 * Asks what to release until the answer is right, builds it, and waits at most four hours for somebody to approve.
 * Nothing runs while it waits; cancelled, it takes back what is live.
 */
export const release = flow({ onCancel: rollBack }, async () => {
  const { version, percent } = await waitForInput(Release, "Which version, to how many percent?");
  const image = await build(version);
  try {
    const decision = await approval(`Release ${version}?`, { show: image, timeout: { hours: 4 } });
    if (!decision.approved)
      return await announce(`${version} was rejected: ${decision.comment ?? "no reason given"}`);
  } catch (error) {
    return announce(`${version} was not released: ${(error as Error).message}`);
  }
  const live = await deploy(image.image, percent);
  return announce(`${live.image} is live for ${live.percent} percent`);
});
