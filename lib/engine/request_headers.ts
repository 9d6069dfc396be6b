import type { Request } from "../model/request.ts";
import { Cookies } from "../net/cookies/cookies.ts";
import type { Clock } from "../time/clock.ts";
import { basicAuthorization } from "../url/userinfo.ts";

/**
 * Returns the headers of a request with what goes with it besides: the cookies of its jar, those that it gives put in
 * before, the page that it was found on, and the login of its URL. What the spider says itself wins.
 */
export function headersOf(request: Request, jars: Cookies | undefined, clock: Clock): Request["headers"] {
  const { headers, referer, userinfo } = request;
  const cookie = cookieOf(request, jars, clock);
  if (cookie === undefined && referer === "" && userinfo === "") return headers;
  return {
    ...cookie !== undefined && { cookie },
    ...referer !== "" && { referer },
    ...userinfo !== "" && { authorization: basicAuthorization(userinfo) },
    ...headers,
  };
}

function cookieOf({ url, jar, cookies }: Request, jars: Cookies | undefined, clock: Clock): string | undefined {
  if (cookies === false) return undefined;
  if (Object.keys(cookies).length === 0) return jars?.header(url, jar);
  // Where none are kept they go with this request alone.
  const used = jars ?? new Cookies(clock);
  used.give(url, cookies, jar);
  return used.header(url, jar);
}
