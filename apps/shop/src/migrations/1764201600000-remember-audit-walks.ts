import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the audits that look at everything in turn have come: on each column the value at which the next one begins. */
export class RememberAuditWalks1764201600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE audit_walk (walk text PRIMARY KEY, reached text)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_walk');
  }
}
