import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether this instance is about to end: it answers whatever reaches it, and asks to be sent nothing new. */
@Injectable()
export class Draining implements OnModuleDestroy {
  private begun = false;

  get isOn(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }

  /** The first thing of a shutdown, before the server stops to listen. */
  onModuleDestroy(): void {
    this.begin();
  }
}
