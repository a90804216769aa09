import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, ProjectionType, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { BY_FLOW_ATTRIBUTES, TABLE } from "../../functions/store/keys.ts";

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Run state: one table, on demand. Keys, access patterns and prices are in `functions/store/README.md`. */
export class RunTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.table = new TableV2(this, "Table", {
      partitionKey: text(TABLE.partitionKey),
      sortKey: text(TABLE.sortKey),
      timeToLiveAttribute: TABLE.ttl,
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy: props.removalPolicy,
      globalSecondaryIndexes: [
        {
          indexName: TABLE.byFlow.name,
          partitionKey: text(TABLE.byFlow.partitionKey),
          sortKey: text(TABLE.byFlow.sortKey),
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...BY_FLOW_ATTRIBUTES],
        },
        {
          indexName: TABLE.open.name,
          partitionKey: text(TABLE.open.partitionKey),
          sortKey: text(TABLE.open.sortKey),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
  }

  /** Single items, by key. */
  items(...actions: ("DeleteItem" | "GetItem" | "PutItem" | "Query" | "UpdateItem")[]): PolicyStatement {
    return new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.table.tableArn],
    });
  }

  /** Queries of the index of unfinished runs. */
  openRuns(): PolicyStatement {
    return new PolicyStatement({
      actions: ["dynamodb:Query"],
      resources: [`${this.table.tableArn}/index/${TABLE.open.name}`],
    });
  }
}
