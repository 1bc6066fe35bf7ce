//! 意见书质检: finds what is wrong in an opinion document before it is reviewed or issued. Pure: text and facts in, findings out.
