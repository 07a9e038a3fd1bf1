import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { completed } from './openapi-document';
import { Problem } from './problem';

/** What the documentation says of the application as a whole. */
export interface ApiDescription {
  readonly title: string;
  readonly version: string;
  /** In Markdown. */
  readonly description: string;
  /** Where a token comes from. */
  readonly tokens: string;
  /** What each tag is about, in the order in which the documentation shows them. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The document that `/docs-json` serves. */
function openApiDocument(app: NestFastifyApplication, api: ApiDescription): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(api.title)
    .setDescription(api.description)
    .setVersion(api.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: api.tokens,
    });
  for (const [name, description] of Object.entries(api.tags)) builder.addTag(name, description);
  return completed(SwaggerModule.createDocument(app, builder.build(), { extraModels: [Problem] }));
}

/** Serves the documentation at `/docs`, `/docs-json` and `/docs-yaml`, with every asset from this server. */
export function setupSwagger(app: NestFastifyApplication, api: ApiDescription): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, api), {
    customSiteTitle: api.title,
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      deepLinking: true,
      filter: true,
      docExpansion: 'list',
    },
  });
}
