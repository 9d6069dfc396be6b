/** A proxy that downloads go through. */
export interface Proxy {
  /** What people are shown, such as `datacenter` or `datacenter 2`; never the URL, which may tell what is secret. */
  readonly name: string;
  /** Without a user name and a password. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}
