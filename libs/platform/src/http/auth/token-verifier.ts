/** Who is calling: the subject of an access token, and what it may do. */
export interface Caller {
  readonly userId: string;
  readonly roles: readonly string[];
}

export abstract class TokenVerifier {
  /**
   * A promise only where it has to be found out.
   * @throws UnauthenticatedException for a token that is not good
   * @throws DependencyUnavailableException when that cannot be found out now
   */
  abstract verify(token: string): Caller | Promise<Caller>;
}
