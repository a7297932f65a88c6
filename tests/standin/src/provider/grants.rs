//! What people have granted: access tokens, refresh tokens, and when all of it ends.

use chrono::{DateTime, Days, Months, TimeDelta, Utc};

use super::{
    World,
    description::{Description, Refresh},
};
use crate::accounts::mint;

/// All grants so far.
#[derive(Debug, Default)]
pub(super) struct Grants {
    all: Vec<Grant>,
    pub(super) refreshes: usize,
}

/// What one person agreed to at one time.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) person: String,
    pub(super) scopes: Vec<String>,
    access: Vec<(String, Option<DateTime<Utc>>)>,
    refresh: Vec<String>,
    agreed_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
    ended: bool,
}

/// What a refresh came to.
pub(super) enum Renewed {
    /// The place of the grant.
    Done(usize),
    /// The refresh token is dead.
    Dead,
    /// It was used before: everything ends.
    Reused,
}

/// What the end of a grant came to.
pub(super) enum End {
    Done,
    /// The token had expired, or the grant had ended.
    Over,
    /// There never was such a token, or it is of the wrong kind.
    Unknown,
}

impl Grants {
    pub(super) fn add(&mut self, person: &str, scopes: &[String], now: DateTime<Utc>) -> usize {
        self.all.push(Grant {
            person: person.to_owned(),
            scopes: scopes.to_vec(),
            access: Vec::new(),
            refresh: Vec::new(),
            agreed_at: now,
            used_at: now,
            ended: false,
        });
        self.all.len() - 1
    }

    pub(super) fn grant(&self, place: usize) -> &Grant {
        self.all.get(place).expect("a place that was given")
    }

    /// A new access token, and a new refresh token where one is due.
    pub(super) fn issue(
        &mut self,
        place: usize,
        description: &Description,
        now: DateTime<Utc>,
    ) -> (String, Option<String>) {
        let grant = self.all.get_mut(place).expect("a place that was given");
        let access = mint("at-");
        let life = description.life.map(u64::cast_signed);
        grant.access.push((access.clone(), life.map(|life| now + TimeDelta::minutes(life))));
        let due = match description.refresh {
            Refresh::None => false,
            Refresh::Static => grant.refresh.is_empty(),
            Refresh::Rotates => true,
        };
        let refresh = due.then(|| mint("rt-"));
        grant.refresh.extend(refresh.clone());
        (access, refresh)
    }

    /// Uses a refresh token.
    pub(super) fn renew(
        &mut self,
        token: &str,
        description: &Description,
        now: DateTime<Utc>,
    ) -> Renewed {
        let has = |grant: &Grant| grant.refresh.iter().any(|known| known == token);
        let Some(place) = self.all.iter().position(has) else { return Renewed::Dead };
        let grant = self.all.get_mut(place).expect("just found");
        let end = description
            .months
            .and_then(|many| grant.agreed_at.checked_add_months(Months::new(many)));
        let idle = description
            .idle_days
            .and_then(|many| grant.used_at.checked_add_days(Days::new(many.into())));
        if grant.ended || [end, idle].into_iter().flatten().any(|end| end <= now) {
            return Renewed::Dead;
        }
        if grant.refresh.last().is_some_and(|last| last != token) {
            grant.ended = true;
            return Renewed::Reused;
        }
        grant.used_at = now;
        self.refreshes += 1;
        Renewed::Done(place)
    }

    /// Whose access token this is, if it works.
    pub(super) fn owner(&self, token: &str, now: DateTime<Utc>) -> Option<&Grant> {
        let works = |grant: &&Grant| {
            let is_it = |(known, end): &(String, Option<DateTime<Utc>>)| {
                known == token && end.is_none_or(|end| end > now)
            };
            !grant.ended && grant.access.iter().any(is_it)
        };
        self.all.iter().find(works)
    }

    /// Ends the grant with this token, if it is one that can do so.
    pub(super) fn end(&mut self, token: &str, access_only: bool, now: DateTime<Utc>) -> End {
        let refreshes = |grant: &Grant| grant.refresh.iter().any(|known| known == token);
        for grant in &mut self.all {
            let access = grant.access.iter().find(|(known, _)| known == token);
            let expired = access.is_some_and(|(_, end)| end.is_some_and(|end| end <= now));
            if access.is_none() && (access_only || !refreshes(grant)) {
                continue;
            }
            if expired || grant.ended {
                return End::Over;
            }
            grant.ended = true;
            return End::Done;
        }
        End::Unknown
    }

    pub(super) fn end_all(&mut self) {
        self.all.iter_mut().for_each(|grant| grant.ended = true);
    }

    pub(super) fn live(&self) -> usize {
        self.all.iter().filter(|grant| !grant.ended).count()
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        let access = self.all.iter().flat_map(|grant| grant.access.iter().map(|(it, _)| it));
        access.chain(self.all.iter().flat_map(|grant| &grant.refresh)).cloned().collect()
    }
}

impl World {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.accounts.now()
    }
}
