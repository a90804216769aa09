import { RemovalPolicy } from "aws-cdk-lib";
import { AccessLogField, AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

export interface StartApiProps {
  project: string;
  startDoor: IFunction;
  /** Where flows wait for somebody: answers, events, cancel, pause. */
  control?: IFunction;
  /** Default: IAM, so a caller needs `execute-api:Invoke` and signs its requests. */
  authorizer?: IHttpRouteAuthorizer;
  logRetention: RetentionDays;
}

/** The HTTP API: `POST /flows/{flow}/runs`, and `POST /runs/{runId}/{answers|events|cancel|pause|resume|waits}`. */
export class StartApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: StartApiProps) {
    super(scope, id);
    const api = new HttpApi(this, "Api", {
      apiName: `${props.project} runs`,
      createDefaultStage: false,
    });
    api.addRoutes({
      path: "/flows/{flow}/runs",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("Start", props.startDoor),
      authorizer: props.authorizer ?? new HttpIamAuthorizer(),
    });
    if (props.control) {
      api.addRoutes({
        path: "/runs/{runId}/{op}",
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration("Control", props.control),
        authorizer: props.authorizer ?? new HttpIamAuthorizer(),
      });
    }
    const accessLog = new LogGroup(this, "AccessLog", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, "Stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      // Well below what StartExecution takes in one account, so that one caller cannot use that up.
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat() },
    });
    this.url = stage.url;
  }
}

/** Who started what, and how it went. No bodies: an input may hold personal data. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      time: AccessLogField.contextRequestTime(),
      ip: AccessLogField.contextIdentitySourceIp(),
      caller: AccessLogField.contextIdentityUserArn(),
      route: "$context.routeKey",
      path: AccessLogField.contextPath(),
      status: AccessLogField.contextStatus(),
      latency: AccessLogField.contextResponseLatency(),
      error: AccessLogField.contextErrorMessage(),
    }),
  );
}
