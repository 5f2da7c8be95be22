#!/usr/bin/env python3
"""Launch times of random schedules by python-dateutil, an independent judge.

    python3 -m venv venv && venv/bin/pip install python-dateutil tzdata
    venv/bin/python scripts/judge-schedules.py --count 2500 --seed 77 crates/engine/tests/it/judged-schedules.jsonl.gz

Each line is a case: a schedule with its zone and calendar, an instant, and the launches after it up to a horizon, as
seconds since 1970, the first whole and the others as differences. dateutil expands the rules on the wall clock;
holidays, clock changes and the limits of days are done here, in another way than in the engine. The test in
crates/engine/tests/it/judged.rs compares; TUTTI_JUDGED_CASES names another file for it.

The zones are those of the tzdata package, so that the version does not depend on the machine.
"""

import argparse
import datetime as dt
import gzip
import json
import random
import signal
import sys
import warnings
import zoneinfo

from dateutil import rrule

zoneinfo.reset_tzpath(to=[])

ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata",
         "Pacific/Apia", "Africa/Casablanca", "UTC", "Europe/Dublin", "America/St_Johns", "Pacific/Chatham",
         "Asia/Tehran", "America/Havana", "Africa/Cairo"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
NTHS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
UTC = dt.timezone.utc
DAY = dt.timedelta(days=1)
MOVED_DAYS_MAX = 31


def pick_times(r):
    """Mostly where clocks are changed."""
    hour = r.choice([0, 0, 1, 1, 2, 2, 2, 3, 9, 12, 23, r.randrange(24)])
    return dt.time(hour, r.choice([0, 0, 15, 30, 45, 59, r.randrange(60)]), r.choice([0, 0, 0, 0, r.randrange(60)]))


def time_text(time):
    return time.strftime("%H:%M") if time.second == 0 else time.strftime("%H:%M:%S")


def pick_date(r, first=2020, last=2039):
    # The days around clock changes and the ends of months more often than others.
    year = r.randint(first, last)
    if r.random() < 0.3:
        month, low, high = r.choice([(3, 7, 31), (4, 1, 8), (10, 1, 31), (11, 1, 8), (2, 24, 28), (12, 20, 31)])
        return dt.date(year, month, r.randint(low, high))
    return dt.date(year, 1, 1) + dt.timedelta(days=r.randrange(365))


def some(r, items, most):
    return r.sample(items, r.randint(1, min(most, len(items))))


class Case:
    """A random schedule, and how dateutil says it."""

    def __init__(self, r):
        self.r = r
        self.zone_name = r.choice(ZONES)
        self.zone = zoneinfo.ZoneInfo(self.zone_name)
        self.schedule = {}
        self.calendar = None
        self.holidays = set()
        # A third asks where the clock is being changed, the others anywhere.
        self.after = dt.datetime.combine(pick_date(r), pick_times(r), UTC) + dt.timedelta(seconds=r.randrange(3600))
        if r.random() < 0.4:
            self.after = self.near_change()
        self.start = None
        self.until = None
        self.walls = None
        self.days_ahead = 4000
        kind = r.choice(["once", "daily", "several-times-a-day", "several-times-a-day", "weekly", "weekly", "monthly",
                         "monthly", "rrule", "rrule", "rrule", "rrule", "rrule"])
        if kind != "rrule" and r.random() < 0.5:
            # The first of several times a day is not looked for from far back.
            self.start = self.after.date() + dt.timedelta(days=r.randint(-400, 60))
        elif kind == "rrule" and r.random() < 0.2:
            self.start = self.after.date() + dt.timedelta(days=r.randint(-100, 100))
        self.schedule["type"] = kind
        getattr(self, kind.replace("-", "_"))()
        if r.random() < 0.3:
            self.until = max(self.start or dt.date.min, self.after.date() + dt.timedelta(days=r.choice([0, 1, 5, 40, 500])))
        if self.start:
            self.schedule["from"] = self.start.isoformat()
        if self.until:
            self.schedule["until"] = self.until.isoformat()
        if r.random() < 0.25:
            self.pick_calendar()

    def near_change(self):
        at = self.after.astimezone(self.zone)
        for _ in range(370):
            following = at + DAY
            if following.utcoffset() != at.utcoffset():
                break
            at = following
        moment = at.astimezone(UTC) + dt.timedelta(seconds=self.r.randrange(2 * 86400) - 86400)
        return moment.replace(microsecond=0)

    def pick_calendar(self):
        r = self.r
        self.calendar = []
        for _ in range(r.randint(1, 6)):
            first = self.after.date() + dt.timedelta(days=r.randint(-20, 60))
            length = r.choice([1, 1, 1, 2, 3, 10, 40])
            if length == 1 and r.random() < 0.5:
                self.calendar.append({"yearly": first.strftime("%m-%d")})
                years = range(2000, 2060)
                self.holidays |= {dt.date(year, first.month, first.day) for year in years
                                  if (first.month, first.day) != (2, 29) or year % 4 == 0}
            else:
                last = first + (length - 1) * DAY
                self.calendar.append({"from": first.isoformat(), "until": last.isoformat()})
                self.holidays |= {first + i * DAY for i in range(length)}
        self.schedule["calendar"] = "holidays"
        self.schedule["on_holiday"] = r.choice(["skip", "next-day"])

    def base(self):
        """Where expansion begins for rules without a start of their own."""
        back = 70 * DAY
        first = self.after.date() - back
        return max(first, self.start) if self.start else first

    def expand(self, freq, time, base=None, **parts):
        """One rule of dateutil at one time of day."""
        return rrule.rrule(freq, dtstart=dt.datetime.combine(base or self.base(), dt.time(0)), byhour=time.hour,
                           byminute=time.minute, bysecond=time.second, cache=False, **parts)

    def once(self):
        date = self.after.date() + dt.timedelta(days=self.r.randint(-2, 5))
        at = dt.datetime.combine(date, pick_times(self.r))
        self.schedule["at"] = f"{date.isoformat()}T{time_text(at.time())}"
        self.walls = iter([at])

    def pick_days(self):
        choice = self.r.choice(["none", "every", "weekdays", "chosen"])
        if choice == "none":
            return range(7)
        if choice == "chosen":
            days = some(self.r, list(range(7)), 4)
            self.schedule["days"] = [WEEKDAYS[day] for day in days]
            return days
        self.schedule["days"] = choice
        return range(7) if choice == "every" else range(5)

    def daily(self):
        time = pick_times(self.r)
        self.schedule["at"] = time_text(time)
        self.walls = iter(self.expand(rrule.DAILY, time, byweekday=list(self.pick_days())))

    def several_times_a_day(self):
        r = self.r
        days = list(self.pick_days())
        if r.random() < 0.5:
            times = sorted({pick_times(r) for _ in range(r.randint(1, 6))})
            close = any(later.hour * 60 + later.minute - earlier.hour * 60 - earlier.minute < 2
                        for earlier, later in zip(times, times[1:]))
            times = times[:1] if close else times
            self.schedule["times"] = [time_text(time) for time in times]
        else:
            minutes = r.choice([15, 20, 30, 30, 45, 60, 90, 120, 7, 179])
            self.schedule["every"] = f"{minutes}m"
            first, last = 0, 24 * 60 - 1
            if r.random() < 0.6:
                first = r.randrange(0, 20 * 60)
                last = r.randrange(first + 1, 24 * 60)
                clock = lambda minute: f"{minute // 60:02}:{minute % 60:02}"
                self.schedule["between"] = [clock(first), clock(last)]
            times, at = [], first
            while at <= last:
                times.append(dt.time(at // 60, at % 60))
                at += minutes
        rules = rrule.rruleset()
        for time in times:
            rules.rrule(self.expand(rrule.DAILY, time, byweekday=days))
        self.walls = iter(rules)

    def weekly(self):
        r = self.r
        time = pick_times(r)
        every = r.choice([1, 1, 2, 2, 3, 4, 5, 26])
        on = some(r, list(range(7)), 4)
        self.schedule.update({"every": every, "on": [WEEKDAYS[day] for day in on], "at": time_text(time)})
        anchor = self.start - self.start.weekday() * DAY if self.start else dt.date(1969, 12, 29)
        self.walls = iter(self.expand(rrule.WEEKLY, time, base=anchor, interval=every, byweekday=on, wkst=rrule.MO))

    def monthly(self):
        r = self.r
        time = pick_times(r)
        self.schedule["at"] = time_text(time)
        parts = {}
        months = list(range(1, 13))
        if r.random() < 0.5:
            months = some(r, months, 4)
            self.schedule["months"] = [MONTHS[month - 1] for month in months]
        form = r.choice(["every-day", "last-day", "day", "nth", "weekdays"])
        if form == "every-day":
            self.schedule["on"] = form
            parts["bymonthday"] = list(range(1, 32))
        elif form == "last-day":
            self.schedule["on"] = form
            parts["bymonthday"] = -1
        elif form == "day":
            day = r.choice([1, 15, 28, 29, 30, 31, r.randint(1, 31)])
            if day > 29 and not set(months) - {2} or day == 31 and not set(months) - {2, 4, 6, 9, 11}:
                day = 29
            self.schedule["on"] = {"day": day}
            parts["bymonthday"] = day
        elif form == "nth":
            nth, weekday = r.choice(list(NTHS)), r.randrange(7)
            self.schedule["on"] = {"nth": nth, "weekday": WEEKDAYS[weekday]}
            parts["byweekday"] = rrule.weekday(weekday, NTHS[nth])
        else:
            weekdays = some(r, list(range(7)), 3)
            self.schedule["on"] = {"weekdays": [WEEKDAYS[day] for day in weekdays]}
            parts["byweekday"] = weekdays
        self.walls = iter(self.expand(rrule.MONTHLY, time, bymonth=months, **parts))

    def rrule(self):
        r = self.r
        freq = r.choice(["YEARLY", "YEARLY", "MONTHLY", "MONTHLY", "MONTHLY", "WEEKLY", "WEEKLY", "DAILY", "HOURLY",
                         "MINUTELY"])
        back = {"YEARLY": 9000, "MONTHLY": 4000, "WEEKLY": 2000, "DAILY": 1000, "HOURLY": 200, "MINUTELY": 20}[freq]
        start = dt.datetime.combine(self.after.date() - r.randint(-20, back) * DAY, pick_times(r))
        self.schedule["starting"] = f"{start.date().isoformat()}T{time_text(start.time())}"
        self.days_ahead = {"HOURLY": 800, "MINUTELY": 200}.get(freq, 15000)
        lines = [self.line(freq, start)]
        rules = rrule.rruleset()
        exdays = set()
        if r.random() < 0.1:
            lines.append(self.line(r.choice(["YEARLY", "MONTHLY", "WEEKLY"]), start))
        excepts = [self.line(r.choice(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]), start)] if r.random() < 0.1 else []
        for line in lines:
            rules.rrule(self.rule_of(line, start))
        for line in excepts:
            rules.exrule(self.rule_of(line, start))
        text = ["RRULE:" + line for line in lines] + ["EXRULE:" + line for line in excepts]
        if r.random() < 0.2:
            dates = [dt.datetime.combine(self.after.date() + r.randint(-3, 30) * DAY, pick_times(r)) for _ in range(3)]
            text.append("RDATE:" + ",".join(date.strftime("%Y%m%dT%H%M%S") for date in dates))
            for date in dates:
                rules.rdate(date)
        if r.random() < 0.3:
            # Exceptions that meet launches.
            first = self.after.astimezone(self.zone).replace(tzinfo=None)
            coming = [wall for wall, _ in zip(rules.xafter(first - DAY, inc=True), range(6))]
            for wall in r.sample(coming, min(2, len(coming))):
                if r.random() < 0.5:
                    text.append("EXDATE:" + wall.strftime("%Y%m%dT%H%M%S"))
                    rules.exdate(wall)
                else:
                    text.append("EXDATE;VALUE=DATE:" + wall.strftime("%Y%m%d"))
                    exdays.add(wall.date())
        if len(text) == 1 and r.random() < 0.7:
            text = lines
        self.schedule["rrule"] = "\n".join(text)
        self.walls = (wall for wall in rules if wall.date() not in exdays)

    def rule_of(self, line, start):
        return rrule.rrulestr(line, dtstart=start)

    def line(self, freq, start):
        r = self.r
        parts = {"FREQ": freq}
        number = lambda low, high: r.choice([value for value in range(low, high + 1) if value != 0])
        numbers = lambda low, high, most: ",".join(str(number(low, high)) for _ in range(r.randint(1, most)))
        if r.random() < 0.5:
            parts["INTERVAL"] = r.choice({"MINUTELY": [15, 20, 45, 60, 7, 90, 1440, 77], "HOURLY": [1, 2, 3, 5, 6, 24, 25, 7]}
                                         .get(freq, [1, 2, 2, 3, 4, 6, 12, 5]))
        elif freq == "MINUTELY":
            parts["INTERVAL"] = 30
        if r.random() < 0.2:
            parts["WKST"] = r.choice(DAYS)
        if r.random() < 0.3:
            parts["BYMONTH"] = ",".join(str(r.randint(1, 12)) for _ in range(r.randint(1, 4)))
        day_parts = {"YEARLY": ["BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "NTH", "BYWEEKNO+BYDAY", "BYMONTHDAY+BYDAY"],
                     "MONTHLY": ["BYDAY", "BYMONTHDAY", "NTH", "NTH", "BYMONTHDAY+BYDAY"], "WEEKLY": ["BYDAY"],
                     "DAILY": ["BYDAY", "BYMONTHDAY"], "HOURLY": ["BYDAY", "BYMONTHDAY", "BYYEARDAY"],
                     "MINUTELY": ["BYDAY", "BYMONTHDAY"]}[freq]
        chosen = r.choice(day_parts) if r.random() < 0.75 else ""
        weekdays = lambda: ",".join(some(r, DAYS, 5))
        if "BYDAY" in chosen:
            parts["BYDAY"] = weekdays()
        if chosen == "NTH":
            most = 5 if freq == "MONTHLY" or "BYMONTH" in parts else 53
            sign = lambda value: r.choice(["", "+"]) + str(value) if value > 0 else str(value)
            parts["BYDAY"] = ",".join(sign(number(-most, most)) + r.choice(DAYS) for _ in range(r.randint(1, 3)))
        if "BYMONTHDAY" in chosen:
            parts["BYMONTHDAY"] = numbers(-31, 31, 5)
        if "BYYEARDAY" in chosen:
            parts["BYYEARDAY"] = numbers(-366, 366, 5)
        if "BYWEEKNO" in chosen:
            parts["BYWEEKNO"] = numbers(-53, 53, 4)
        if r.random() < 0.35:
            parts["BYHOUR"] = ",".join(str(r.choice([0, 1, 2, 3, r.randrange(24)])) for _ in range(r.randint(1, 4)))
        if r.random() < 0.3:
            parts["BYMINUTE"] = ",".join(str(r.choice([0, 15, 30, 45])) for _ in range(r.randint(1, 3)))
        if r.random() < 0.05:
            parts["BYSECOND"] = str(r.randrange(60))
        # Refused together.
        fifth_last = freq == "MONTHLY" and "-5" in parts.get("BYDAY", "")
        if r.random() < 0.25 and not fifth_last and any(name.startswith("BY") for name in parts):
            most = {"YEARLY": 60, "MONTHLY": 20, "WEEKLY": 7, "DAILY": 4, "HOURLY": 3, "MINUTELY": 1}[freq]
            parts["BYSETPOS"] = numbers(-most, most, 2)
        if r.random() < 0.15 and not fifth_last:
            parts["COUNT"] = r.randint(1, 300)
        elif r.random() < 0.15:
            parts["UNTIL"] = (self.after.date() + r.randint(0, 400) * DAY).strftime("%Y%m%d") + "T235959"
        items = list(parts.items())
        r.shuffle(items)
        return ";".join(f"{name}={value}" for name, value in items)

    def instant(self, wall):
        """The first instant after the gap, or the first of two."""
        zoned = wall.replace(tzinfo=self.zone, fold=0)
        beyond = zoned.astimezone(UTC)
        if beyond.astimezone(self.zone).replace(tzinfo=None) == wall:
            return beyond
        offset = lambda moment: moment.astimezone(self.zone).utcoffset()
        gap = abs(zoned.replace(fold=1).utcoffset() - zoned.utcoffset())
        low, high = beyond - gap, beyond
        assert offset(low) != offset(high), (self.zone_name, wall)
        while high - low > dt.timedelta(seconds=1):
            middle = low + (high - low) // 2
            middle = middle.replace(microsecond=0)
            if offset(middle) == offset(beyond):
                high = middle
            else:
                low = middle
        return high

    def answer(self, count):
        """The launches after `after`, and up to when they were looked for."""
        horizon_wall = dt.datetime.combine(self.after.date() + self.days_ahead * DAY, dt.time(0))
        next_day = self.schedule.get("on_holiday") == "next-day"
        walls = set()
        enough = 0
        ended_at = None
        for wall in self.walls:
            if wall > horizon_wall:
                ended_at = horizon_wall
                break
            if self.start and wall.date() < self.start:
                continue
            if self.until and wall.date() > self.until:
                break
            day = wall.date()
            while day in self.holidays:
                day += DAY
            if day != wall.date():
                if not next_day or (day - wall.date()).days > MOVED_DAYS_MAX or (self.until and day > self.until):
                    continue
            walls.add(dt.datetime.combine(day, wall.time()))
            if self.instant(wall) > self.after:
                enough += 1
                # Enough for what moves into their midst.
                if enough >= count * (40 if self.holidays else 2) + 3:
                    ended_at = wall
                    break
        horizon = horizon_wall if ended_at is None else ended_at
        launches = sorted({self.instant(wall) for wall in walls})
        horizon = self.instant(horizon) if ended_at else None
        found = [at for at in launches if at > self.after and (horizon is None or at <= horizon)][:count]
        return found, horizon


class TooLong(Exception):
    pass


def alarm(*_):
    raise TooLong


def judged(seed, count):
    """One case as a line, or None where dateutil takes too long or refuses."""
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 3.0)
    try:
        case = Case(random.Random(seed))
        launches, horizon = case.answer(count)
    except (TooLong, ValueError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = [int(at.timestamp()) for at in launches]
    line = {"schedule": case.schedule, "zone": case.zone_name, "after": int(case.after.timestamp()),
            "launches": [now - before for now, before in zip(seconds, [0] + seconds)], "wanted": count}
    if case.calendar is not None:
        line["calendar"] = case.calendar
    if horizon is not None:
        line["horizon"] = int(horizon.timestamp())
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--launches", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    lines, tried = [], 0
    while len(lines) < arguments.count:
        line = judged(f"{arguments.seed}/{tried}", arguments.launches)
        tried += 1
        if line is not None:
            lines.append(json.dumps(line, separators=(",", ":")))
        if tried % 500 == 0:
            print(f"{len(lines)} cases of {tried} tried", file=sys.stderr)
    data = ("\n".join(lines) + "\n").encode()
    with open(arguments.file, "wb") as file:
        # Without a time stamp, so that the same cases are the same file.
        file.write(gzip.compress(data, mtime=0))


if __name__ == "__main__":
    main()
