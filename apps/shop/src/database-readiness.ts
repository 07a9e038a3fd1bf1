import { type Health, ReadinessProbe, TypeOrmUnitOfWork } from '@app/platform';
import { Injectable } from '@nestjs/common';

/** Milliseconds: a database that takes longer to say 1 is not there for customers either. */
const PATIENCE = 500;

@Injectable()
export class DatabaseReadiness extends ReadinessProbe {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async check(): Promise<Record<string, Health>> {
    return { database: (await this.answers()) ? 'up' : 'down' };
  }

  private async answers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE);
    });
    const answered = this.unitOfWork.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
  }
}
