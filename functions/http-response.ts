/** What an HTTP API answers with. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}
