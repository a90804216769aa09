import type { HandlerCall, Middleware } from "../handler-types.ts";
import type { Ports } from "../ports.ts";
import { portsFromEnvironment } from "../ports-from-environment.ts";

/** Hands the ports to the request; made on the first call and kept, as warm functions keep their clients. */
export function openPorts<Call extends HandlerCall>(given: Ports | undefined): Middleware<Call> {
  let ports = given;
  return {
    before(request) {
      ports ??= portsFromEnvironment(process.env);
      request.internal.ports = ports;
    },
  };
}
