/**
 * What a spider file may import: types only, so that a compiled `trawl` runs a spider that was written after it was
 * built.
 *
 * @module
 */

export type { Item } from "./model/item.ts";
export type { ReferrerPolicy } from "./model/referrer_policy.ts";
export type { GivenCookie, Request, RequestOptions } from "./model/request.ts";
export type { Selection } from "./select/selection.ts";
export type { FollowOptions, Page, PageLog, Patterns, State } from "./spider/page.ts";
export type { Settings, SettingsInput } from "./spider/settings.ts";
export type { Callback, Output, Outputs, Spider, StartRequest, Summary } from "./spider/spider.ts";
